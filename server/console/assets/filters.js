// Narrowing long choices by typing: words in any order, case and accents do not matter.

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

/** Tell whether every word of what is sought stands in a text. */
export function holds(text, sought) {
  const folded = fold(text);
  return fold(sought).split(/\s+/).every((word) => folded.includes(word));
}

function narrow(options, sought) {
  for (const option of options) option.hidden = !holds(option.textContent, sought);
}

export function install() {
  document.querySelectorAll("[data-filter]").forEach((input) => {
    const select = document.querySelector(input.dataset.filter);
    input.addEventListener("input", (event) => {
      event.stopPropagation();
      narrow(select.options, input.value);
      const first = [...select.options].find((option) => !option.hidden);
      if (first && select.selectedOptions[0]?.hidden) select.value = first.value;
      select.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  document.querySelectorAll("[data-filter-boxes]").forEach((input) =>
    input.addEventListener("input", (event) => {
      event.stopPropagation();
      const boxes = input.closest(".targets").querySelectorAll(".check");
      boxes.forEach((box) => (box.hidden = !holds(box.textContent, input.value) && !box.querySelector("input").checked));
    }),
  );
}
