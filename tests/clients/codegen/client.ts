import { print } from "graphql";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useFragment as unmask } from "./__generated__";
import type { CreateReferralInput } from "./__generated__/graphql";
import { CreateReferral, OneReferral, ReferralDetails, ReferralRow, Referrals } from "./documents";

/** How a document is put into a request: by its text, or by its name in persisted-documents.json. */
export type Send = <Data, Variables>(document: TypedDocumentNode<Data, Variables>) => Record<string, unknown>;

export const byText: Send = (document) => ({ query: print(document) });

export const byName: Send = (document) => {
  const { hash } = (document as unknown as { __meta__: { hash: string } }).__meta__;
  return { documentId: hash };
};

async function ask<Data, Variables>(
  url: string,
  send: Send,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ ...send(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
  if (errors || !data) throw new Error(errors?.map((error) => error.message).join("; "));
  return data;
}

/** All referrals of all vendors, page by page. */
export async function* allReferrals(url: string, send: Send = byText) {
  let after: string | null = null;
  do {
    const { referrals }: Awaited<ReturnType<typeof page>> = await page(url, send, after);
    yield* unmask(ReferralRow, referrals.nodes);
    after = referrals.pageInfo.hasNextPage ? referrals.pageInfo.endCursor : null;
  } while (after);
}

function page(url: string, send: Send, after: string | null) {
  return ask(url, send, Referrals, { first: 100, after });
}

/** One referral in a sentence: what only its vendor has is told apart by `__typename`. */
export async function describe(url: string, id: string, send: Send = byText): Promise<string> {
  const { referral } = await ask(url, send, OneReferral, { id });
  if (!referral) return "There is no such referral.";
  const { vendor, status } = unmask(ReferralRow, referral);
  const { details } = unmask(ReferralDetails, referral);
  switch (details.__typename) {
    case "IntrozyReferral":
      return `${vendor} ${status}, deal ${details.pipelineDealId}`;
    case "PlannrReferral":
      return `${vendor} ${status}, advice on ${details.adviceType}`;
    case "PartnerCenterReferral":
      return `${vendor} ${status}, worth ${details.dealValue} ${details.currency}`;
    case "SaasquatchReferral":
      return `${vendor} ${status}, by code ${details.referralCodeUsed}`;
  }
}

/** Creates a referral. What is wrong with the input is data, not an error. */
export async function create(url: string, input: CreateReferralInput, send: Send = byText) {
  const { createReferral } = await ask(url, send, CreateReferral, { input });
  return { ...createReferral, referral: unmask(ReferralRow, createReferral.referral) };
}
