/* Runs before the first paint, so that a chosen theme never flashes in the other one. */
(function () {
  var theme = null;
  try {
    theme = localStorage.getItem('muster.theme');
  } catch (e) {
    // Storage may be forbidden; the system's theme applies.
  }
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
})();
