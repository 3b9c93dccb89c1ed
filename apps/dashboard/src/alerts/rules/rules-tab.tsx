import type { Rule, RuleCreate } from "@tailbone/protocol/rules";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createRule, deleteRule, patchRule } from "../../api/alert-calls";
import { queries } from "../../api/queries";
import { Unread } from "../../parts/unread";
import { Dialog } from "../../ui/dialog";
import { KeptList } from "../kept-list";
import { RuleForm } from "./rule-form";
import { RuleRow } from "./rule-row";

/** What raises alerts, each as a sentence. */
export function RulesTab() {
  const client = useQueryClient();
  const rules = useQuery(queries.rules);
  const projects = useQuery(queries.projects);
  const channels = useQuery(queries.channels);
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: queries.rules.queryKey });
  const save = useMutation({
    mutationFn: ({ id, rule }: { id: string | null; rule: RuleCreate }) =>
      id === null ? createRule(rule) : patchRule(id, rule),
    onSuccess: () => {
      setEdited(null);
      return refresh();
    },
  });
  const remove = useMutation({ mutationFn: deleteRule, onSettled: refresh });

  if (rules.data === undefined || projects.data === undefined || channels.data === undefined)
    return <Unread of={[rules, projects, channels]} shape={5} />;
  const names = { projects: projects.data.projects, channels: channels.data.channels };
  return (
    <div className="max-w-4xl">
      <KeptList
        about="A rule says what to watch for in every run, and whom to tell."
        add={{ says: "New rule", act: () => setEdited("new") }}
        items={rules.data.rules}
        unreadable={rules.data.unreadable}
        none={{
          title: "There are no rules.",
          says: "What a script raises itself still comes into the inbox. Make a rule to be told of anything else.",
        }}
        row={(rule, onDelete) => (
          <RuleRow key={rule.id} rule={rule} names={names} onEdit={() => setEdited(rule)} onDelete={onDelete} />
        )}
        asks={{
          title: (name) => `Delete “${name}”?`,
          description: "It fires no more. The alerts that it has raised stay.",
        }}
        onDelete={remove.mutate}
      />
      <Dialog
        open={edited !== null}
        onOpenChange={(open) => !open && setEdited(null)}
        title={edited === "new" ? "New rule" : "Edit the rule"}
        className="w-[min(40rem,calc(100vw-1.5rem))]"
      >
        {edited === null ? null : (
          <RuleForm
            rule={edited === "new" ? null : edited}
            names={names}
            isSaving={save.isPending}
            onSave={(rule) => save.mutate({ id: edited === "new" ? null : edited.id, rule })}
          />
        )}
      </Dialog>
    </div>
  );
}
