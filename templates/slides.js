"use strict";
const slides = [...document.querySelectorAll(".slide")];
const here = () => slides.findIndex((slide) => slide.getBoundingClientRect().bottom > innerHeight / 2);
const show = (place) => slides[Math.max(0, Math.min(place, slides.length - 1))].scrollIntoView();
const turns = {
  ArrowRight: () => here() + 1, ArrowDown: () => here() + 1, PageDown: () => here() + 1, " ": () => here() + 1,
  ArrowLeft: () => here() - 1, ArrowUp: () => here() - 1, PageUp: () => here() - 1,
  Home: () => 0, End: () => slides.length - 1,
};
addEventListener("keydown", (event) => {
  const turn = event.key in turns && !event.altKey && !event.ctrlKey && !event.metaKey;
  if (!turn) return;
  event.preventDefault();
  show(event.key === " " && event.shiftKey ? here() - 1 : turns[event.key]());
});
