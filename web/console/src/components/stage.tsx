import styles from "./stage.module.css";

/** A step of a vendor's pipeline, with the colour that people gave it there. */
export function StageName({ stage }: { stage: { label: string; color: string | null } }) {
  return (
    <span className={styles.stage}>
      {stage.color && <span className={styles.dot} style={{ background: stage.color }} aria-hidden />}
      {stage.label}
    </span>
  );
}
