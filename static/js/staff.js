// What every page of the desk loads. Each behaviour is a module of its own.
import "./htmx-csrf.js";
import "./menu.js";
import "./toast.js";
import "./lost.js";
import "./keyboard.js";
import "./copy.js";
import "./autosave.js";
import "./unsaved.js";
import "./autosubmit.js";
import "./dialog.js";
import "./upload.js";
import "./bulk.js";
