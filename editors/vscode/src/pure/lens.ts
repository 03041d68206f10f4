// The arguments of a code lens in; the spec, and the dataset or test of it that is meant, out.

export interface Meant {
  spec: string;
  dataset?: string;
  test?: string;
}

/** `[uri]`, `[uri, { dataset, test }]` or `[{ uri, dataset, test }]`; undefined for what names no spec. */
export function target(args: readonly unknown[]): Meant | undefined {
  const [first, second] = args;
  const named = typeof first === "string" ? { uri: first, ...fields(second) } : fields(first);
  if (typeof named["uri"] !== "string") return undefined;
  const found: Meant = { spec: named["uri"] };
  if (typeof named["dataset"] === "string") found.dataset = named["dataset"];
  if (typeof named["test"] === "string") found.test = named["test"];
  return found;
}

function fields(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? { ...value } : {};
}
