import type { Rule } from "@tailbone/protocol/rules";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Switch } from "radix-ui";
import { patchRule } from "../../api/alert-calls";
import { queries } from "../../api/queries";
import { LevelWord } from "../../parts/alert-level";
import { Button } from "../../ui/button";
import { cn } from "../../ui/cn";
import { type Names, sayRule } from "./say-rule";

export interface RuleRowProps {
  rule: Rule;
  names: Names;
  onEdit: () => void;
  onDelete: () => void;
}

/** One rule as a sentence, with its switch. */
export function RuleRow({ rule, names, onEdit, onDelete }: RuleRowProps) {
  const client = useQueryClient();
  const turn = useMutation({
    mutationFn: (enabled: boolean) => patchRule(rule.id, { enabled }),
    onSettled: () => client.invalidateQueries({ queryKey: queries.rules.queryKey }),
  });
  const isOn = turn.isPending ? turn.variables : rule.enabled;
  const sentence = sayRule(rule, names);
  return (
    <li data-testid="rule" className="flex flex-wrap items-start gap-x-3 gap-y-1.5 px-4 py-3">
      <Switch.Root
        checked={isOn}
        onCheckedChange={(enabled) => turn.mutate(enabled)}
        aria-label={`${rule.name}: switched on`}
        className="mt-0.5 flex h-4.5 w-8 shrink-0 items-center rounded-full border border-line-strong bg-sunken px-0.5 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Switch.Thumb className="size-3 rounded-full bg-faint transition-transform data-[state=checked]:translate-x-3.5 data-[state=checked]:bg-accent-ink" />
      </Switch.Root>
      <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
        <p className={cn(!isOn && "text-soft")}>{sentence}.</p>
        <p className="flex flex-wrap gap-x-3 text-faint text-xs">
          <LevelWord level={rule.level} />
          {isOn ? "on" : "off"}
          {sentence.startsWith(rule.name) ? null : <span className="min-w-0 truncate">{rule.name}</span>}
        </p>
      </div>
      <div className="flex shrink-0 gap-1 max-sm:pl-9">
        <Button look="quiet" size="small" aria-label={`Edit ${rule.name}`} onClick={onEdit}>
          Edit or replay
        </Button>
        <Button look="remove" size="small" aria-label={`Delete ${rule.name}`} onClick={onDelete}>
          Delete
        </Button>
      </div>
    </li>
  );
}
