import { useState } from "react";
import { TextField } from "../../components/form/fields";
import { problemsBelow, useForm } from "../../components/form/form";
import { valueAt } from "../../components/form/values";
import { RequestConnectionDocument, type RequestConnectionMutation } from "../../graphql/generated/graphql";
import { announce } from "../operations/announce";
import { useWrite } from "../operations/use-write";
import { WriteForm } from "../operations/write-form";
import styles from "./new.module.css";

const isKey = (text: string) => (!text || /^[A-Za-z0-9]{8}$/.test(text) ? null : "8 letters and digits.");

/** For a firm that there is no connection to yet. */
export function RequestConnection() {
  const form = useForm();
  const [isDone, setDone] = useState(false);
  const write = useWrite({
    document: RequestConnectionDocument,
    about: { kind: "requestConnection", vendor: "PLANNR", referralId: null },
    payloadOf: (data: RequestConnectionMutation) => data.requestConnection,
    onRefused: ({ userErrors }) => form.refuse(problemsBelow(userErrors, "input")),
    onDone: () => {
      setDone(true);
      form.reset();
      announce("Connection requested. It can be used once the other firm accepts it.");
    },
  });

  return (
    <details className={styles.more}>
      <summary>Another firm: ask for a connection</summary>
      {isDone && <p>Asked. The connection can be used once the adviser there accepts it.</p>}
      <WriteForm
        write={write}
        form={form}
        label="Ask for a connection"
        submit="Ask for a connection"
        onSubmit={() => write.send({ adviserKey: String(valueAt(form.values, "adviserKey")).trim() })}
      >
        <TextField
          path="adviserKey"
          label="Adviser's code"
          hint="8 letters and digits; the adviser there gets an e-mail"
          check={isKey}
          isRequired
        />
      </WriteForm>
    </details>
  );
}
