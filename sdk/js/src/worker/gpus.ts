import { execFile } from "node:child_process";

const TIMEOUT_MS = 4000;

/** One row a GPU, one cell a field; empty where there is no nvidia-smi, or it fails. */
function query(fields: string): Promise<string[][]> {
  const args = [`--query-gpu=${fields}`, "--format=csv,noheader,nounits"];
  return new Promise((resolve) => {
    execFile("nvidia-smi", args, { timeout: TIMEOUT_MS, windowsHide: true }, (error, stdout) => {
      if (error !== null) resolve([]);
      else
        resolve(
          stdout
            .trim()
            .split("\n")
            .map((line) => line.split(",").map((cell) => cell.trim())),
        );
    });
  });
}

/** Names of the machine's NVIDIA GPUs. */
export async function nameGpus(): Promise<string[]> {
  return (await query("name")).map(([name = "GPU"]) => name.slice(0, 256));
}

const FIELDS = ["utilization.gpu", "memory.used", "memory.total", "temperature.gpu", "power.draw"];

/**
 * Series and values: utilization and memory in percent, temperature in °C, power in W; what a GPU does not tell is left
 * out.
 */
export async function measureGpus(): Promise<Map<string, number>> {
  const values = new Map<string, number>();
  for (const [index, row] of (await query(FIELDS.join())).entries()) {
    const [utilization, used, total, temperature, power] = row.map(Number);
    const set = (name: string, value: number | undefined): void => {
      if (value !== undefined && Number.isFinite(value)) values.set(`system/gpu/${index}/${name}`, value);
    };
    set("utilization", utilization);
    set("memory", used === undefined || total === undefined ? undefined : (100 * used) / total);
    set("temperature", temperature);
    set("power", power);
  }
  return values;
}
