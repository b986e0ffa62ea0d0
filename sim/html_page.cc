// The page without its program.
#include "sim/html_page.h"

namespace coracle::sim {

const std::string_view html_page_head = R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>A run</title>
<style>
  html, body { height: 100%; margin: 0; font: 13px/1.35 system-ui, sans-serif; color: #222; }
  body { display: flex; flex-direction: column; background: #fff; }
  header { padding: 6px 10px; border-bottom: 1px solid #ccc; background: #f7f7f8; }
  header div { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: center; }
  h1 { font-size: 14px; margin: 0; font-weight: 600; }
  #failure { color: #b3261e; font-weight: 600; }
  #keys { color: #777; margin-left: auto; }
  label { white-space: nowrap; }
  label i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; }
  main { flex: 1; display: flex; min-height: 0; }
  #view { flex: 1; min-width: 0; position: relative; }
  canvas { display: block; position: absolute; inset: 0; }
  #overview { width: 56px; position: relative; border-left: 1px solid #ccc; cursor: pointer; }
  aside { width: 320px; overflow: auto; border-left: 1px solid #ccc; padding: 8px 10px; }
  aside h2 { font-size: 13px; margin: 0 0 4px; }
  aside p { margin: 2px 0; overflow-wrap: anywhere; }
  aside .dim { color: #777; }
  aside code { font: 12px/1.35 ui-monospace, monospace; }
  button, select, input { font: inherit; }
</style>
</head>
<body>
<header>
  <div><h1 id="title"></h1><span id="failure"></span><span id="keys">wheel: scroll,
    Ctrl and wheel: zoom, n and p: next and previous change, Esc: forget the choice</span></div>
  <div>
    <label>axis <select id="axis"><option value="rows">one row an event</option>
      <option value="time">time</option></select></label>
    <span><button id="out">&minus;</button> <button id="in">+</button>
      <button id="all">whole run</button></span>
    <label><input type="checkbox" id="changed"> only what changed something</label>
    <label>find <input id="find" size="14"></label>
    <span id="found"></span>
  </div>
  <div id="sorts"></div>
</header>
<main>
  <div id="view"><canvas id="canvas"></canvas></div>
  <div id="overview"><canvas id="strip"></canvas></div>
  <aside id="details"></aside>
</main>
<script type="application/json" id="cast">)page";

const std::string_view html_page_between = R"page(</script>
<script type="application/json" id="run">
)page";

}  // namespace coracle::sim
