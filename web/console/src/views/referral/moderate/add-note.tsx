import { atMost } from "../../../components/form/checks";
import { AreaField } from "../../../components/form/fields";
import { problemsBelow, useForm } from "../../../components/form/form";
import { valueAt } from "../../../components/form/values";
import { AddNoteDocument, type AddNoteMutation } from "../../../graphql/generated/graphql";
import { announce } from "../../operations/announce";
import { useWrite } from "../../operations/use-write";
import { WriteForm } from "../../operations/write-form";
import type { Referral } from "../referral";
import styles from "./moderate.module.css";

/** Another note (Introzy). */
export function AddNote({ referral: { id, vendor, allowedActions } }: { referral: Referral }) {
  const form = useForm();
  const write = useWrite({
    document: AddNoteDocument,
    about: { kind: "addNote", vendor, referralId: id },
    payloadOf: (data: AddNoteMutation) => data.addNote,
    onRefused: ({ userErrors }) => form.refuse(problemsBelow(userErrors, "input")),
    onDone: () => {
      form.reset();
      announce("Note added.");
    },
  });

  if (!allowedActions.includes("ADD_NOTE")) return null;
  return (
    <div className={styles.noteForm}>
      <WriteForm
        write={write}
        form={form}
        label="Add a note"
        submit="Add note"
        isSmall
        onSubmit={() => write.send({ referralId: id, content: String(valueAt(form.values, "content")).trim() })}
      >
        <AreaField path="content" label="New note" check={atMost(10_000)} isRequired />
      </WriteForm>
    </div>
  );
}
