import { CopyButton } from "../ui/copy-button";
import { EmptyNotice } from "../ui/notice";

const SNIPPET = `import { feature, watch } from "tailbone/tfjs";

const watched = watch(run, model, {
  features: [feature("patch", {
    layer: "hidden_2",
    // To find it: here it is independent of the task's label.
    probe: { inputs: balanced.x, labels: balanced.patch },
    // To see what it is good for: as in training, held out.
    task: { inputs: heldOut.x, targets: heldOut.y, swapped: heldOut.xWithOtherPatch },
    loss: "softmaxCrossEntropy",
  })],
});
for (let step = 0; step < steps; step++) {
  await watched.step(() => optimizer.minimize(batchLoss, true));
}`;

/** How a run comes to have features. */
export const LifeEmpty = () => (
  <EmptyNotice title="No features are looked for." className="max-w-2xl px-4">
    <p>
      Name something that the model may come to represent, and say where to look for it. It is measured at every
      checkpoint; its life is drawn here while the model trains.
    </p>
    <div className="mt-2 overflow-hidden rounded-lg border border-line bg-panel text-ink">
      <div className="flex justify-end border-line border-b p-1">
        <CopyButton text={SNIPPET} />
      </div>
      <pre className="overflow-x-auto p-3 font-mono text-xs leading-5">{SNIPPET}</pre>
    </div>
    <p className="mt-1">
      What is measured by other means is told with{" "}
      <code className="font-mono text-ink">{"run.reading({ feature, step, encoded, used, benefit })"}</code>.
    </p>
  </EmptyNotice>
);
