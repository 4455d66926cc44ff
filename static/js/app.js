// Comfort only: every page works without scripts. One module per behaviour; each listens on the
// document, so it also serves what is put into the page later.
import "./appearance.js";
import "./autosave.js";
import "./flip.js";
import "./forms.js";
import "./keys.js";
import "./menus.js";
import "./ordering.js";
import "./preview.js";
import "./rows.js";
import "./timer.js";
