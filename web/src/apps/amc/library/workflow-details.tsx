import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import { usePatched } from "../list/use-patched";
import type { Workflow, WorkflowItem } from "../types";
import { categories, categoryWord } from "../words";
import { workflowPath } from "./use-workflow";

/** Name, place and readers of a workflow; none of it makes a new version. It steps aside while they are saved. */
export function WorkflowDetails({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const [name, setName] = useState(workflow.name);
  const [description, setDescription] = useState(workflow.description);
  const [folder, setFolder] = useState(workflow.folder);
  const [tags, setTags] = useState(workflow.tags.join(", "));
  const [category, setCategory] = useState(workflow.category);
  const [shared, setShared] = useState(workflow.shared);
  const [refusal, setRefusal] = useState<string>();
  const save = usePatched<WorkflowItem>({
    path: workflowPath,
    row: workflow,
    done: t`Details saved`,
    refused: t`The details stay as they were`,
    onDone: onClose,
    onRefused: (problem) =>
      setRefusal(
        problem.status === 412
          ? t`Somebody else changed this workflow meanwhile. Close this and look again.`
          : (problem.errors[0]?.hint ?? problem.said),
      ),
  });
  return (
    <Dialog open={!save.isPending} onClose={onClose} title={<Trans>Details</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          const words = tags.split(",").map((tag) => tag.trim());
          save.mutate({ name: name.trim(), description, folder, tags: [...new Set(words.filter((tag) => tag !== ""))], category, shared });
        }}
      >
        <TextField label={t`Name`} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        <TextArea label={t`Description`} optional={t`optional`} value={description} onChange={(event) => setDescription(event.target.value)} />
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField label={t`Folder`} optional={t`optional`} value={folder} onChange={(event) => setFolder(event.target.value)} />
          <Field label={t`Category`}>
            {({ id }) => (
              <Select id={id} value={category} choices={categories.map((value) => ({ value, label: categoryWord(value) }))} onChange={setCategory} />
            )}
          </Field>
        </div>
        <TextField label={t`Tags`} optional={t`optional`} hint={t`Parted by commas.`} value={tags} onChange={(event) => setTags(event.target.value)} />
        <Checkbox checked={shared} onChange={setShared} label={<Trans>Everybody here sees it</Trans>} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" disabled={name.trim() === ""}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
