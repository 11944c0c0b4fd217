// What every public page loads; all of it is comfort: the pages work without.
import "./toast.js";
import "./copy.js";
