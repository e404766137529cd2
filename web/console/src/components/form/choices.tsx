import { Checkbox } from "@mantine/core";
import { fieldId, useFormState } from "./form";
import { useField } from "./fields";
import styles from "./form.module.css";

interface ChoicesFieldProps {
  path: string;
  title: string;
  hint?: string;
  choices: readonly { value: string; label: string }[];
}

/** Any number of a few. */
export function ChoicesField({ path, title, hint, choices }: ChoicesFieldProps) {
  const form = useFormState();
  const { value, set, error } = useField({ path, label: title });
  const chosen = (value as string[] | undefined) ?? [];
  const hintId = `${fieldId(form.id, path)}-hint`;

  return (
    <fieldset className={styles.group} aria-describedby={hint || error ? hintId : undefined}>
      <legend className={styles.legend}>{title}</legend>
      {(hint || error) && (
        <p id={hintId} className={styles.hint}>
          {error ?? hint}
        </p>
      )}
      <div className={styles.choices}>
        {choices.map((choice, at) => (
          <Checkbox
            key={choice.value}
            id={at === 0 ? fieldId(form.id, path) : undefined}
            label={choice.label}
            checked={chosen.includes(choice.value)}
            onChange={(event) => {
              const others = chosen.filter((one) => one !== choice.value);
              set(event.currentTarget.checked ? [...others, choice.value] : others);
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}
