import { Button } from "@mantine/core";
import { type ReactNode, useRef } from "react";
import { fieldId, useFormState } from "./form";
import { useField } from "./fields";
import { valueAt } from "./values";
import styles from "./form.module.css";

interface GroupProps {
  title: string;
  hint?: string;
  children: ReactNode;
}

/** Fields that belong together, under a title. */
export function Group({ title, hint, children }: GroupProps) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{title}</legend>
      {hint && <p className={styles.hint}>{hint}</p>}
      <div className={styles.grid}>{children}</div>
    </fieldset>
  );
}

interface ItemsProps {
  /** Where the list is in the input. */
  path: string;
  title: string;
  hint?: string;
  /** What one of them is called. */
  one: string;
  most: number;
  /** The fields of the item at this path. */
  children: (path: string) => ReactNode;
}

/** A list that grows and shrinks. */
export function Items({ path, title, hint, one, most, children }: ItemsProps) {
  const form = useFormState();
  const { id, error } = useField({ path, label: title });
  const items = (valueAt(form.values, path) as unknown[] | undefined) ?? [];
  const list = useRef<HTMLFieldSetElement>(null);

  const remove = (place: number) => {
    form.set(path, items.filter((_, at) => at !== place));
    document.getElementById(id)?.focus();
  };
  const add = () => {
    form.set(path, [...items, {}]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>("[data-item]:last-of-type input")?.focus());
  };

  return (
    <fieldset className={styles.group} ref={list}>
      <legend className={styles.legend}>{title}</legend>
      {hint && <p className={styles.hint}>{hint}</p>}
      {items.map((_, at) => (
        <fieldset key={at} data-item className={styles.item}>
          <legend className="unseen">
            {one} {at + 1}
          </legend>
          <div className={styles.itemHead}>
            <span aria-hidden>
              {one} {at + 1}
            </span>
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              aria-label={`Remove ${one.toLowerCase()} ${at + 1}`}
              onClick={() => remove(at)}
            >
              Remove
            </Button>
          </div>
          <div className={styles.grid}>{children(`${path}.${at}`)}</div>
        </fieldset>
      ))}
      {error && <p className={styles.hint}>{error}</p>}
      <Button id={fieldId(form.id, path)} variant="default" size="xs" disabled={items.length >= most} onClick={add}>
        Add {one.toLowerCase()}
      </Button>
    </fieldset>
  );
}
