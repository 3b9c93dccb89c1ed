import type { Rule, RuleCreate } from "@tailbone/protocol/rules";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createRule, deleteRule, patchRule } from "../../api/alert-calls";
import { queries } from "../../api/queries";
import { Unread } from "../../parts/unread";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { EmptyNotice } from "../../ui/notice";
import { UnreadableRow } from "../../ui/unreadable";
import { RuleForm } from "./rule-form";
import { RuleRow } from "./rule-row";

/** What raises alerts, each as a sentence. */
export function RulesTab() {
  const client = useQueryClient();
  const rules = useQuery(queries.rules);
  const projects = useQuery(queries.projects);
  const channels = useQuery(queries.channels);
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const [asked, setAsked] = useState<Pick<Rule, "id" | "name"> | null>(null);
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
      <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-2">
        <p className="text-soft">A rule says what to watch for in every run, and whom to tell.</p>
        <Button size="small" look="primary" onClick={() => setEdited("new")}>
          New rule
        </Button>
      </div>
      {rules.data.rules.length + rules.data.unreadable.length === 0 ? (
        <EmptyNotice title="There are no rules." className="border-line border-t px-4">
          <p>What a script raises itself still comes into the inbox. Make a rule to be told of anything else.</p>
        </EmptyNotice>
      ) : (
        <ul className="divide-y divide-line border-line border-y">
          {rules.data.rules.map((rule) => (
            <RuleRow
              key={rule.id}
              rule={rule}
              names={names}
              onEdit={() => setEdited(rule)}
              onDelete={() => setAsked(rule)}
            />
          ))}
          {rules.data.unreadable.map((item) => (
            <UnreadableRow key={item.id} item={item}>
              <Button
                look="quiet"
                size="small"
                className="hover:text-bad"
                aria-label={`Delete ${item.name}`}
                onClick={() => setAsked(item)}
              >
                Delete
              </Button>
            </UnreadableRow>
          ))}
        </ul>
      )}
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
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={`Delete “${asked?.name ?? "the rule"}”?`}
        description="It fires no more. The alerts that it has raised stay."
        action="Delete it"
        onConfirm={() => asked !== null && remove.mutate(asked.id)}
      />
    </div>
  );
}
