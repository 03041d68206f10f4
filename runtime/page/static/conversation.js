// A pull request's events, comments and reviews in; one line of time and a place to write out.

import { h } from "./dom.js";
import { person } from "./row.js";
import { complain } from "./say.js";
import { bdi, moment } from "./text.js";

const VERDICTS = { approve: "approved", request_changes: "requested changes" };
/** Events that the comments and reviews tell more fully. */
const TOLD = /comment|review|approve|request/;

export function conversation(page) {
  const line = h("ol", { class: "timeline" });
  const update = () => line.replaceChildren(...moments(page));
  update();
  const element = h("div", { class: "page" }, page.pull.description && h("div", { class: "description" }, bdi(page.pull.description)), line, composer(page));
  return { element, update };
}

function moments(page) {
  const { events, comments, approvals } = page.pull;
  const items = [
    ...events.filter((event) => !TOLD.test(event.kind)).map((event) => [event.time, happened(event)]),
    ...comments.map((comment) => [comment.time, said(comment, comments, page)]),
    ...approvals.map((approval) => [approval.time, reviewed(approval)]),
  ];
  return items.toSorted((a, b) => Date.parse(a[0]) - Date.parse(b[0])).map(([, item]) => item);
}

function happened({ by, time, text }) {
  return h("li", { class: "event" }, person(by), " ", bdi(text), " ", moment(time));
}

function reviewed({ by, time, verdict, stale, text }) {
  const head = h("p", {}, person(by), " ", h("strong", { class: verdict }, VERDICTS[verdict]), stale && h("em", {}, " (stale: the diff has changed since)"), " ", moment(time));
  return h("li", { class: `review ${verdict}${stale ? " stale" : ""}` }, head, text && h("div", { class: "said" }, bdi(text)));
}

function said(comment, all, page) {
  const earlier = comment.reply_to && all.find((one) => one.id === comment.reply_to);
  const head = h("p", {}, person(comment.by), earlier && [" to ", person(earlier.by)], comment.at && [" on ", placeLink(page, comment.at)], " ", moment(comment.time));
  const reply = h("button", { type: "button", class: "quiet", onclick: () => li.append(composer(page, comment)) }, "Reply");
  const li = h("li", { class: "comment", id: `comment-${comment.id}` }, head, h("div", { class: "said" }, bdi(comment.text)), page.pull.state === "open" && reply);
  return li;
}

/** A link to the row that a comment is about. */
function placeLink(page, { dataset, table, key, column }) {
  const asked = new URLSearchParams({ dataset, table, key });
  return h("a", { href: `#rows?${asked}` }, bdi(key), column && [" · ", bdi(column)]);
}

function composer(page, replyTo = null) {
  const text = h("textarea", { rows: 3, dir: "auto", required: true, placeholder: replyTo ? "Your reply" : "Your comment", "aria-label": replyTo ? "Your reply" : "Your comment" });
  const send = h("button", { class: "primary" }, replyTo ? "Reply" : "Comment");
  const form = h("form", { class: "composer" }, text, send);
  form.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.requestSubmit());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await page.act("comments", { text: text.value, at: replyTo?.at ?? null, reply_to: replyTo?.id ?? null }, "commented");
      text.value = "";
    } catch (problem) {
      complain(problem);
    }
  });
  if (replyTo) requestAnimationFrame(() => text.focus());
  return form;
}
