// Comfort only: every page works without scripts. One module per behaviour; each listens on the
// document, so it also serves what is put into the page later. These are for every page; a page
// that needs another one names it in its block `scripts`.
import "./appearance.js";
import "./forms.js";
import "./keys.js";
import "./menus.js";
