// Lets the browser keep the shell of the site, where it can.
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/shell.js").catch(() => {});
