// A browser that knows no import maps runs nothing else of ours: this is written so that it is understood by any.
(function () {
  var supports = typeof HTMLScriptElement !== "undefined" && HTMLScriptElement.supports;
  var notice = document.getElementById("old-browser");
  if (notice && !(supports && supports("importmap"))) notice.hidden = false;
})();
