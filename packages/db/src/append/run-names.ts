const qualities =
  "amber,brisk,calm,clear,crisp,deep,eager,early,fair,fleet,gentle,keen,light,lucid,mellow,nimble,quiet,rapid,sharp,steady,still,swift,tidy,vivid,warm,wide".split(
    ",",
  );
const animals =
  "adder,badger,beaver,bison,crane,curlew,eel,falcon,finch,gecko,heron,ibex,kestrel,lemur,lynx,marten,newt,otter,owl,pike,plover,raven,seal,stoat,swan,tapir,teal,vole,wren,yak".split(
    ",",
  );

/** A pleasant name for a run that was given none, with its number among the team's: `brisk-otter-12`. */
export function pickRunName(run: string, number: number): string {
  const seed = Number.parseInt(run.slice(-8), 16);
  const quality = qualities[seed % qualities.length];
  const animal = animals[Math.floor(seed / qualities.length) % animals.length];
  return `${quality}-${animal}-${number}`;
}
