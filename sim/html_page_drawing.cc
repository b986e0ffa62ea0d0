// The first half of the page's program. It draws on a canvas, of the run only what is looked at. An
// item is an event or a note, in the order of the run; an arrow is a message on its way to one of
// its receipts.
#include "sim/html_page.h"

namespace coracle::sim {

const std::string_view html_page_drawing = R"page(</script>
<script>
'use strict';
const $ = id => document.getElementById(id);
const cast = JSON.parse($('cast').textContent);
const nodes = cast.nodes.length, gutter = 104, head = 40;
const roleColours = ['#1b8a3e', '#d98200', '#9a4fd0', '#4a7fd6', '#0f8f8f', '#b0486f', '#7a6a3a'];
const arrowColours = ['#3567b5', '#0c8577', '#9c4b16', '#7a3fb0', '#4d6b12', '#a02a63', '#5a5f6b',
                      '#146b9e', '#8a6d00', '#6b3e3e'];
const fault = '#c62828', noted = '#b26a00';

// ---- The run, column by column.
const items = [], itemOf = [], arrows = [], messages = new Map(), sorts = new Map();
const standings = cast.start.map(s => [{item: -1, role: s[0], up: s[1], numbers: s[2]}]);
const before = new Array(nodes).fill(-1);
let failure = '';
for (const line of $('run').textContent.split('\n')) {
  if (!line.trim()) continue;
  const row = JSON.parse(line), item = items.length;
  if (row.length === 1) { failure = row[0]; continue; }
  if (row.length === 2) { items.push({at: row[0], note: row[1]}); continue; }
  const [at, verb, node, sort, text, changes, number, flags, sent, standing] = row;
  const atNode = (flags & 2) === 0;
  const event = {at, verb, node, sort, text, changes, number, lost: (flags & 1) > 0, atNode,
                 sent, previous: atNode ? before[node] : -1, y: 0};
  items.push(event);
  itemOf.push(item);
  event.count = itemOf.length;
  sorts.set(sort, (sorts.get(sort) || 0) + 1);
  if (atNode) before[node] = item;
  for (const [n, to, kind, fields] of sent)
    messages.set(n, {from: node, to, kind, fields, item, fate: 'in flight in the end'});
  const message = messages.get(number);
  if (message && verb !== 'duplicate') {
    message.fate = event.lost ? 'lost' : 'arrived';
    arrows.push({message, from: message.item, to: item, lost: event.lost, node});
  }
  if (standing) standings[node].push({item, role: standing[0], up: standing[1],
                                      numbers: standing[2]});
}
// Those that are drawn where one looks: by blocks of items, the arrows that cross them.
const block = 256, crossing = [];
arrows.forEach((arrow, i) => {
  for (let b = arrow.from / block | 0; b <= (arrow.to / block | 0); ++b)
    (crossing[b] = crossing[b] || []).push(i);
});
const kinds = [...new Set([...messages.values()].map(m => m.kind))].sort();
const colourOf = kind => arrowColours[Math.max(0, kinds.indexOf(kind)) % arrowColours.length];

// ---- What is shown, and where.
const state = {rows: true, scale: 20, top: 0, hidden: new Set(), changed: false, over: -1,
               chosen: -1, past: null, drawn: []};
const isFault = e => e.verb === 'crash' || e.verb === 'restart';
function isShown(e) {
  if (e.note !== undefined) return true;
  if (state.hidden.has(e.sort)) return false;
  return !state.changed || e.changes !== '' || e.lost || isFault(e);
}
const start = items.length ? items[0].at : 0, above = 16;
function lay() {
  let row = 0;
  items.forEach(e => {
    e.shown = isShown(e);
    e.y = above + (state.rows ? row : (e.at - start) / 1e6) * state.scale;
    if (e.shown) ++row;
  });
  state.height = items.length ? items[items.length - 1].y + 60 : 0;
  strip();
}
// The first item at or below this height; their heights never decrease.
function itemAt(y) {
  let low = 0, high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].y < y) low = middle + 1; else high = middle;
  }
  return low;
}
function standingAt(node, item) {
  const all = standings[node];
  let low = 0, high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].item <= item) low = middle + 1; else high = middle;
  }
  return low - 1;
}
const canvas = $('canvas'), pen = canvas.getContext('2d');
const width = () => $('view').clientWidth, height = () => $('view').clientHeight;
const lane = () => (width() - gutter) / nodes;
const laneAt = node => gutter + (node + 0.22) * lane();
function clock(at, item) {
  if (!cast.timed) return item >= 0 && items[item].count ? items[item].count + '.' : '';
  return (at / 1e9).toFixed(state.rows || state.scale > 2 ? 6 : 3) + ' s';
}
const roleName = s => !s.up ? 'down' : s.role === null ? '' : cast.roles[s.role];
const roleColour = s => !s.up ? '#999' : s.role === null ? '#aaa'
    : roleColours[s.role % roleColours.length];
const numbersOf = (s, count) => cast.numbers.slice(0, count)
    .map((name, i) => s.numbers[i] === null ? '' : name + ' ' + s.numbers[i]).filter(x => x);
const standingText = (s, count) =>
    [roleName(s), ...numbersOf(s, count)].filter(x => x).join(' \u00b7 ');
const sameBand = (a, b) => a.role === b.role && a.up === b.up && a.numbers[0] === b.numbers[0];

// ---- Drawing.
function fitted(c, w, h) {
  const ratio = window.devicePixelRatio || 1;
  if (c.width !== (w * ratio | 0) || c.height !== (h * ratio | 0)) {
    c.width = w * ratio | 0; c.height = h * ratio | 0;
    c.style.width = w + 'px'; c.style.height = h + 'px';
  }
  const p = c.getContext('2d');
  p.setTransform(ratio, 0, 0, ratio, 0, 0);
  p.clearRect(0, 0, w, h);
  return p;
}
// Legible on whatever is below it, and no wider than that.
function write(text, x, y, most) {
  const letters = Math.max(3, most / 6.1 | 0);
  if (text.length > letters) text = text.slice(0, letters - 1) + '\u2026';
  pen.strokeStyle = '#fff';
  pen.lineWidth = 3;
  pen.strokeText(text, x, y);
  pen.lineWidth = 1;
  pen.fillText(text, x, y);
}
const dimmed = item => state.past !== null && !state.past[item];
function drawBands(first, last, words) {
  const yOf = item => Math.round(items[item].y - state.top + head);
  for (let node = 0; node < nodes; ++node) {
    const all = standings[node], x = laneAt(node), left = x - lane() * 0.16, w = lane() * 0.92;
    for (let i = standingAt(node, first); i < all.length && all[i].item <= last;) {
      let end = i + 1;
      while (end < all.length && sameBand(all[end], all[i])) ++end;
      const s = all[i];
      const from = s.item < 0 ? head : Math.max(head, yOf(s.item));
      const to = Math.min(height(), end < all.length ? yOf(all[end].item) : height());
      const starts = i > 0 && !sameBand(all[i - 1], s);
      i = end;
      if (to < head) continue;
      pen.fillStyle = roleColour(s);
      if (words) {
        if (starts && from > head && to - from >= 13)
          write(standingText(s, 1), x + 8, from + 11, w);
        continue;
      }
      pen.globalAlpha = s.up ? 0.1 : 0.3;
      pen.fillRect(left, from, w, to - from);
      pen.globalAlpha = 1;
      pen.fillRect(x - 1.5, from, 3, to - from);
      if (s.up && s.numbers.length && s.numbers[0] !== null) {
        pen.fillStyle = 'hsl(' + s.numbers[0] * 67 % 360 + ' 65% 55%)';
        pen.fillRect(left, from, 4, to - from);
      }
    }
  }
}
function drawArrows(first, last, coarse) {
  const seen = new Set();
  for (let b = first / block | 0; b <= (last / block | 0); ++b)
    for (const i of crossing[b] || []) seen.add(i);
  const batches = new Map();
  for (const i of seen) {
    const arrow = arrows[i], e = items[arrow.to];
    if (!e.shown) continue;
    const x1 = laneAt(arrow.message.from), x2 = laneAt(arrow.node);
    const y1 = items[arrow.from].y - state.top + head, y2 = e.y - state.top + head;
    if (y2 < head || y1 > height()) continue;
    const colour = arrow.lost ? fault : colourOf(arrow.message.kind);
    const dim = dimmed(arrow.to) || (state.past && !state.past[arrow.from]);
    const key = colour + (arrow.lost ? 'x' : '') + (dim ? '-' : '');
    if (!batches.has(key)) batches.set(key, {colour, lost: arrow.lost, dim, lines: []});
    batches.get(key).lines.push([x1, y1, x2, y2]);
    if (state.drawn.length < 4000) state.drawn.push({x1, y1, x2, y2, item: arrow.to});
  }
  for (const {colour, lost, dim, lines} of batches.values()) {
    pen.strokeStyle = pen.fillStyle = colour;
    pen.globalAlpha = dim ? 0.12 : !coarse ? 0.8
        : Math.max(0.04, Math.min(0.35, 900 / lines.length));
    pen.setLineDash(lost ? [4, 3] : []);
    pen.lineWidth = 1;
    pen.beginPath();
    for (const [x1, y1, x2, y2] of lines) { pen.moveTo(x1, y1); pen.lineTo(x2, y2); }
    pen.stroke();
    pen.setLineDash([]);
    if (coarse) continue;
    pen.beginPath();
    for (const [x1, y1, x2, y2] of lines) {
      const length = Math.hypot(x2 - x1, y2 - y1) || 1;
      const dx = (x2 - x1) / length, dy = (y2 - y1) / length;
      if (lost) {
        const x = x2 - dx * 12, y = y2 - dy * 12;
        pen.moveTo(x - 4, y - 4); pen.lineTo(x + 4, y + 4);
        pen.moveTo(x - 4, y + 4); pen.lineTo(x + 4, y - 4);
      } else {
        pen.moveTo(x2 - dx * 2, y2 - dy * 2);
        pen.lineTo(x2 - dx * 10 - dy * 3.5, y2 - dy * 10 + dx * 3.5);
        pen.lineTo(x2 - dx * 10 + dy * 3.5, y2 - dy * 10 - dx * 3.5);
      }
    }
    if (lost) pen.stroke(); else pen.fill();
  }
  pen.globalAlpha = 1;
}
function drawItems(first, last, coarse) {
  const lowest = new Array(nodes + 1).fill(-100);
  for (let i = first; i <= last; ++i) {
    const e = items[i];
    if (!e.shown) continue;
    const y = e.y - state.top + head;
    pen.globalAlpha = dimmed(i) ? 0.25 : 1;
    if (e.note !== undefined) {
      pen.fillStyle = noted;
      pen.fillRect(0, y - 0.5, width(), 1);
      write(e.note, gutter + 4, y - 3, width() - gutter);
    } else if (coarse && e.changes === '' && !isFault(e)) {
      continue;
    } else {
      const x = laneAt(e.node);
      pen.fillStyle = pen.strokeStyle = isFault(e) || e.lost ? fault : '#333';
      pen.beginPath();
      pen.arc(x, y, isFault(e) ? 5 : coarse ? 1 : 3, 0, 7);
      if (e.atNode) pen.fill(); else pen.stroke();
      if (state.drawn.length < 8000) state.drawn.push({x, y, item: i});
      if (i === state.chosen || i === state.over) {
        pen.strokeStyle = '#000';
        pen.beginPath(); pen.arc(x, y, 7, 0, 7); pen.stroke();
      }
      if (!coarse && y - lowest[e.node] >= 12) {
        lowest[e.node] = y;
        let words = e.text + (e.changes ? ': ' + e.changes : '');
        if (words.length * 6.1 > lane() - 18 && e.changes && messages.has(e.number))
          words = e.changes;
        pen.fillStyle = isFault(e) || e.lost ? fault : e.changes ? '#111' : '#777';
        write(words, x + 8, y + 4, lane() - 18);
      }
    }
    if (y - lowest[nodes] >= 13) {
      lowest[nodes] = y;
      pen.fillStyle = '#666';
      pen.globalAlpha = 1;
      pen.clearRect(0, y - 7, gutter - 14, 13);
      pen.fillText(clock(e.at, i), 6, y + 4);
    }
  }
  pen.globalAlpha = 1;
}
function drawHead(item) {
  pen.clearRect(0, 0, width(), head);
  pen.fillStyle = '#ddd';
  pen.fillRect(0, head - 1, width(), 1);
  for (let node = 0; node < nodes; ++node) {
    const s = standings[node][standingAt(node, item)];
    pen.textAlign = 'center';
    pen.fillStyle = '#222';
    pen.font = '600 13px system-ui, sans-serif';
    pen.fillText(cast.nodes[node], laneAt(node) + lane() * 0.3, 16);
    pen.font = '12px system-ui, sans-serif';
    pen.fillStyle = roleColour(s);
    pen.fillText(standingText(s, 3), laneAt(node) + lane() * 0.3, 31, lane() - 6);
  }
  pen.textAlign = 'left';
}
let asked = false;
function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; draw(); });
}
function draw() {
  state.top = Math.max(0, Math.min(state.top, state.height - height() + head));
  fitted(canvas, width(), height());
  pen.font = '12px system-ui, sans-serif';
  state.drawn = [];
  if (items.length) {
    const first = Math.max(0, itemAt(state.top - 20) - 1);
    const last = Math.min(items.length - 1, itemAt(state.top + height()));
    const coarse = last - first > 1500;
    drawBands(first, last, false);
    drawArrows(first, last, coarse);
    drawItems(first, last, coarse);
    if (coarse) drawBands(first, last, true);
    drawHead(state.over >= 0 ? state.over : state.chosen >= 0 ? state.chosen : last);
  }
  viewport();
}

// ---- The whole run beside it: roles, and where something was done to it.
let stripPicture = null;
function strip() {
  const w = 56, h = Math.max(1, $('overview').clientHeight);
  const p = fitted($('strip'), w, h), at = y => y / Math.max(1, state.height) * h;
  standings.forEach((all, node) => {
    for (let i = 0, end; i < all.length; i = end) {
      for (end = i + 1; end < all.length && sameBand(all[end], all[i]);) ++end;
      const from = all[i].item < 0 ? 0 : at(items[all[i].item].y);
      const to = end < all.length ? at(items[all[end].item].y) : h;
      p.fillStyle = roleColour(all[i]);
      p.globalAlpha = 0.75;
      p.fillRect(2 + node * (w - 4) / nodes, from, (w - 4) / nodes - 1, Math.max(0.5, to - from));
    }
  });
  p.globalAlpha = 1;
  for (const e of items) {
    if (e.note === undefined && !isFault(e)) continue;
    p.fillStyle = e.note === undefined ? fault : noted;
    p.fillRect(0, at(e.y), w, 1);
  }
  stripPicture = document.createElement('canvas');
  stripPicture.width = $('strip').width;
  stripPicture.height = $('strip').height;
  stripPicture.getContext('2d').drawImage($('strip'), 0, 0);
}
function viewport() {
  const h = Math.max(1, $('overview').clientHeight), p = fitted($('strip'), 56, h);
  if (stripPicture) p.drawImage(stripPicture, 0, 0, 56, h);
  const scale = h / Math.max(1, state.height);
  p.strokeStyle = '#000';
  p.strokeRect(0.5, state.top * scale, 55, Math.max(3, height() * scale));
})page";

}  // namespace coracle::sim
