// <form data-autosubmit>: filters apply when they change; the button stays for those who press it.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form && !event.target.matches('[type="search"], [type="text"]')) form.requestSubmit();
});
