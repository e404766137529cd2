import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { type FormState, problemsBelow } from "../../components/form/form";
import { filledIn, type Values } from "../../components/form/values";
import { vendorName } from "../../format/words";
import {
  CreateReferralDocument,
  type CreateReferralMutation,
  type NewReferral,
  type Vendor,
} from "../../graphql/generated/graphql";
import { announce } from "../operations/announce";
import { useWrite } from "../operations/use-write";
import { WriteForm } from "../operations/write-form";
import { Created } from "./created";

/** The name of the vendor's own input within `NewReferral`. */
const FIELDS = {
  INTROZY: "introzy",
  PLANNR: "plannr",
  PARTNER_CENTER: "partnerCenter",
  SAASQUATCH: "saasquatch",
} as const satisfies Record<Vendor, keyof NewReferral>;

interface VendorFormProps {
  vendor: Vendor;
  form: FormState;
  /** Parts of the input that must be there although nothing in them must. */
  needed?: Values;
  children: ReactNode;
}

/** What the forms of all vendors share: sending, and what comes of it. */
export function VendorForm({ vendor, form, needed, children }: VendorFormProps) {
  const [, go] = useLocation();
  const field = FIELDS[vendor];

  const write = useWrite({
    document: CreateReferralDocument,
    about: { kind: "createReferral", vendor, referralId: null },
    payloadOf: (data: CreateReferralMutation) => data.createReferral,
    onRefused: (payload) => form.refuse(problemsBelow(payload.userErrors, `input.referral.${field}`)),
    onDone: ({ outcome, referral, userErrors }) => {
      // What needs to be read before going on is shown here.
      if (outcome !== "APPLIED" || !referral || userErrors.length > 0) return;
      announce(`Referral created at ${vendorName(vendor)}.`);
      go(`/referrals/${referral.id}`);
    },
  });
  const { phase } = write;

  const submit = () => {
    // The form's fields are those of the vendor's input.
    const referral = { [field]: { ...needed, ...(filledIn(form.values) as Values) } } as unknown as NewReferral;
    write.send({ referral });
  };

  const startAnew = () => {
    form.reset();
    write.reset();
  };

  if (phase.is === "done") return <Created vendor={vendor} payload={phase.payload} onAnother={startAnew} />;
  const inTheWay = phase.is === "refused" ? phase.payload.referral : null;
  return (
    <>
      {inTheWay && <Created vendor={vendor} payload={{ outcome: "REJECTED", referral: inTheWay, userErrors: [] }} />}
      <WriteForm
        write={write}
        form={form}
        label={`New referral at ${vendorName(vendor)}`}
        submit="Create referral"
        onSubmit={submit}
      >
        {children}
      </WriteForm>
    </>
  );
}
