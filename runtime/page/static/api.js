// Paths and plain data in; the server's answers out. A refusal carries the server's diagnostics.

export class Refusal extends Error {
  constructor(status, diagnostics) {
    super(diagnostics.map((found) => found.message).join("; "));
    this.status = status;
    this.diagnostics = diagnostics;
  }
}

/** GET, with the parameters that are set. */
export function get(path, params = {}, signal = undefined) {
  const given = Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(given).toString();
  return answer(`/api/${path}${query ? `?${query}` : ""}`, { signal });
}

export function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(`/api/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function answer(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", redirect: "error", ...options });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new Refusal(0, [{ message: "the review server does not answer", help: "is `synth review` still running?" }]);
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw new Refusal(response.status, body?.diagnostics ?? [{ message: `the server answered ${response.status}` }]);
}
