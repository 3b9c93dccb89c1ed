import type { Transaction } from "./database";

const qualities =
  "amber,brisk,calm,clear,crisp,deep,eager,early,fair,fleet,gentle,keen,light,lucid,mellow,nimble,quiet,rapid,sharp,steady,still,swift,tidy,vivid,warm,wide".split(
    ",",
  );
const animals =
  "adder,badger,beaver,bison,crane,curlew,eel,falcon,finch,gecko,heron,ibex,kestrel,lemur,lynx,marten,newt,otter,owl,pike,plover,raven,seal,stoat,swan,tapir,teal,vole,wren,yak".split(
    ",",
  );

/** A pleasant name for a run that was given none, with a number that counts the project's runs: `brisk-otter-12`. */
export async function pickRunName(
  sql: Transaction,
  { team, project, run }: { team: string; project: string; run: string },
): Promise<string> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from run where team_id = ${team} and project_id = ${project}`;
  const seed = Number.parseInt(run.slice(-8), 16);
  const quality = qualities[seed % qualities.length];
  const animal = animals[Math.floor(seed / qualities.length) % animals.length];
  return `${quality}-${animal}-${(row?.count ?? 0) + 1}`;
}
