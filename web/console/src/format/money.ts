import { fractionDigits, isDecimal } from "./decimal";

// Intl takes decimal texts as they are, which the types of TypeScript's library know only of literals.
function format(format: Intl.NumberFormat, amount: string): string {
  return format.format(amount as `${number}`);
}

/** An exact amount in the reader's way of writing, with all of its digits. */
export function formatDecimal(amount: string): string {
  if (!isDecimal(amount)) return amount;
  const digits = Math.min(fractionDigits(amount), 100);
  return format(new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }), amount);
}

/** An exact amount with its currency; whole amounts without cents, other ones with all of their digits. */
export function formatMoney(amount: string, currency: string): string {
  if (!isDecimal(amount)) return `${amount} ${currency}`;
  try {
    const digits = Math.min(fractionDigits(amount), 100);
    const usual = new Intl.NumberFormat(undefined, { style: "currency", currency });
    const { minimumFractionDigits = 0 } = usual.resolvedOptions();
    return format(
      new Intl.NumberFormat(undefined, {
        style: "currency",
        currency,
        maximumFractionDigits: Math.max(digits, minimumFractionDigits),
        trailingZeroDisplay: "stripIfInteger",
      }),
      amount,
    );
  } catch {
    // Not the form of a currency code.
    return `${formatDecimal(amount)} ${currency}`;
  }
}
