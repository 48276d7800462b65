// The button of a page made for paper.
document.getElementById("print")?.addEventListener("click", () => window.print());
