// Only what the schema says of its inputs is checked before sending. The rest the gateway and the vendors know better, and
// they say it in `userErrors`.

/** A sentence when something is wrong. */
export type Check = (text: string) => string | null;

export const atMost = (count: number): Check => (text) =>
  [...text].length > count ? `At most ${count.toLocaleString()} characters.` : null;

export const zeroOrMore: Check = (text) => {
  if (!text) return null;
  if (!/^-?\d+(\.\d+)?$/.test(text)) return "A number, with a point before the decimals, such as 1250.50.";
  return text.startsWith("-") ? "0 or more." : null;
};

export const currencyCode: Check = (text) =>
  !text || /^[A-Za-z]{3}$/.test(text) ? null : "Three letters, such as EUR.";

export const countryCode: Check = (text) => (!text || /^[A-Za-z]{2}$/.test(text) ? null : "Two letters, such as US.");

export const uuid: Check = (text) =>
  !text || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? null : "A UUID.";

export const email: Check = (text) => (!text || /^[^\s@]+@[^\s@]+$/.test(text) ? null : "An e-mail address.");
