// Amounts are exact decimal texts. Floating point would change them, so sums are made of whole numbers.

interface Scaled {
  units: bigint;
  /** How many of the digits are behind the point. */
  scale: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?$/;

function parse(text: string): Scaled | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, scale: fraction.length };
}

function print({ units, scale }: Scaled): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function atScale(value: Scaled, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text.trim());
}

/** The exact sum. Texts that are no numbers are refused: leaving them out would make a wrong sum. */
export function sum(amounts: readonly string[]): string {
  const values = amounts.map((amount) => {
    const value = parse(amount);
    if (!value) throw new RangeError(`not a decimal number: ${amount}`);
    return value;
  });
  const scale = Math.max(0, ...values.map((value) => value.scale));
  return print({ units: values.reduce((total, value) => total + atScale(value, scale), 0n), scale });
}

/** Below, at or above zero, as a sorting function wants it. */
export function compare(left: string, right: string): number {
  const [a, b] = [parse(left), parse(right)];
  if (!a || !b) throw new RangeError(`not decimal numbers: ${left}, ${right}`);
  const scale = Math.max(a.scale, b.scale);
  const difference = atScale(a, scale) - atScale(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** How many digits are behind the point. */
export function fractionDigits(text: string): number {
  return parse(text)?.scale ?? 0;
}

/** For the height of a bar and nothing else: the nearest floating-point number. */
export function approximately(text: string): number {
  return Number(text);
}
