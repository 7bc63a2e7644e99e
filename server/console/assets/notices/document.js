// A form as one JSON document and back: every field names its place by data-path, for example "content.words.vi.title".

const read = {
  number: (field) => (field.value === "" ? null : Number(field.value)),
  optional: (field) => (field.value === "" ? null : field.value),
  hours: (field) => (field.value === "" ? null : Math.round(Number(field.value) * 3600)),
  instant: (field) => (field.value ? new Date(field.value).toISOString().replace(/\.\d+Z$/, ".000Z") : null),
};
const write = {
  hours: (value) => (value == null ? "" : String(value / 3600)),
  instant: (value) => (value ? localStamp(new Date(value)) : ""),
};

function localStamp(at) {
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Return what stands at a dotted path, or undefined. */
export function at(document_, path) {
  return path.split(".").reduce((inner, key) => inner?.[key], document_);
}

/** Put a value at a dotted path; what is missing on the way is made, as a list where the next step is a number. */
export function put(document_, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  let inner = document_;
  keys.forEach((key, index) => {
    const next = keys[index + 1] ?? last;
    inner = inner[key] ??= /^\d+$/.test(next) ? [] : {};
  });
  inner[last] = value;
}

/** Return a copy that shares nothing. */
export const copy = (document_) => JSON.parse(JSON.stringify(document_));

/** Return the fields' values laid over a document: what has no field stays as it was. */
export function collect(form, base) {
  const document_ = copy(base);
  for (const field of form.querySelectorAll("[data-path]")) {
    if (field.type === "radio" && !field.checked) continue;
    const value = field.type === "checkbox" ? field.checked : (read[field.dataset.kind]?.(field) ?? plain(field));
    put(document_, field.dataset.path, value);
  }
  return document_;
}

function plain(field) {
  return field.dataset.kind in read ? null : field.value;
}

/** Put a document's values into the fields. */
export function fill(form, document_) {
  for (const field of form.querySelectorAll("[data-path]")) {
    const value = at(document_, field.dataset.path);
    if (field.type === "checkbox") field.checked = Boolean(value);
    else if (field.type === "radio") field.checked = field.value === value;
    else field.value = write[field.dataset.kind]?.(value) ?? value ?? field.dataset.usual ?? "";
  }
}

const isEmpty = (value) =>
  value === undefined || value === null || value === "" || value === false ||
  (typeof value === "object" && Object.values(value).every(isEmpty));

/** Return a document in which a language without words, a mandate without an entry and the like are null. */
export function prune(document_) {
  for (const name of ["mandate", "responsible", "freshness"]) if (isEmpty(document_[name])) document_[name] = null;
  if (document_.freshness && document_.freshness.max_age_s == null) document_.freshness = null;
  for (const code of Object.keys(document_.variants ?? {})) {
    if (isEmpty(document_.variants[code])) document_.variants[code] = null;
  }
  return document_;
}

/** Return the leaves of a document by path; an empty list or object is a leaf. */
export function leaves(document_, prefix = "") {
  const isInner = document_ !== null && typeof document_ === "object" && Object.keys(document_).length > 0;
  if (!isInner) return new Map([[prefix, document_]]);
  const found = new Map();
  for (const [key, value] of Object.entries(document_)) {
    for (const [path, leaf] of leaves(value, prefix ? `${prefix}.${key}` : key)) found.set(path, leaf);
  }
  return found;
}

/** Tell whether two documents say the same; an absent leaf is as an empty one. */
export function same(one, other) {
  return differing(one, other).length === 0;
}

/** Return the paths at which two documents differ. */
export function differing(one, other) {
  const [left, right] = [leaves(one), leaves(other)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((path) => {
    const [mine, theirs] = [left.get(path), right.get(path)];
    return !(isEmpty(mine) && isEmpty(theirs)) && JSON.stringify(mine) !== JSON.stringify(theirs);
  });
}

/**
 * Return my document with everything that only the other side changed since the base, and the paths both changed.
 * Lists of different lengths are taken whole from the side that changed them.
 */
export function merged(base, mine, theirs) {
  const both = [];
  const result = copy(mine);
  const changedByMe = new Set(differing(base, mine));
  for (const path of differing(mine, theirs)) {
    if (!changedByMe.has(path)) {
      if (at(theirs, path) !== undefined) put(result, path, at(theirs, path));
    } else if (JSON.stringify(at(base, path)) !== JSON.stringify(at(theirs, path))) both.push(path);
  }
  return { result, both };
}
