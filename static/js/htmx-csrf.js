// Every htmx request that changes something carries Django's token, taken from any form of the page
// (the sign-out form is on all of them); the cookie may have another name or be closed to scripts.
const token = () => document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers } = event.detail;
  if (verb !== "get") headers["X-CSRFToken"] = token();
});

export { token };
