// The citizen's form, made more comfortable: it works whole without any of this.
import "./locate.js";
import "./choices.js";
import "./file-names.js";
