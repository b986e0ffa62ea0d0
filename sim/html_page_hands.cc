// The second half of the page's program: what is told of an item, and what mouse and keys do.
#include "sim/html_page.h"

namespace coracle::sim {

const std::string_view html_page_hands = R"page(
// ---- What is told of one item.
function add(tag, text, style) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (style) element.className = style;
  $('details').append(element);
}
function tell(item) {
  $('details').textContent = '';
  if (item < 0) {
    add('p', 'Point at an event or at a message. A click chooses it, and dims what is not in its ' +
        'causal past.', 'dim');
    add('p', itemOf.length + ' events, ' + messages.size + ' messages', 'dim');
    return;
  }
  const e = items[item];
  if (e.note !== undefined) return add('h2', e.note);
  add('h2', cast.nodes[e.node] + ': ' + e.text);
  add('p', 'event ' + e.count + (cast.timed ? ', at ' + (e.at / 1e9).toFixed(9) + ' s' : ''),
      'dim');
  const message = messages.get(e.number);
  if (message) {
    add('p', message.kind + ' ' + (message.from + 1) + ' \u2192 ' + (message.to + 1) +
        (e.lost ? ', lost' : '') + ', sent by event ' + items[message.item].count +
        (cast.timed ? ', ' + ((e.at - items[message.item].at) / 1e6).toFixed(3) + ' ms before'
                    : ''));
    add('code', message.fields);
  }
  if (e.changes) { add('p', 'changed', 'dim'); add('code', e.changes); }
  if (e.sent.length) add('p', 'sent', 'dim');
  for (const [n, to, kind, fields] of e.sent) {
    add('p', kind + ' to ' + (to + 1) + ', ' + messages.get(n).fate);
    add('code', fields);
  }
  if (e.atNode) add('p', standingText(standings[e.node][standingAt(e.node, item)], 9), 'dim');
}
function choose(item) {
  state.chosen = item;
  state.past = null;
  if (item >= 0 && items[item].note === undefined) {
    state.past = new Uint8Array(items.length);
    const open = [item];
    while (open.length) {
      const i = open.pop();
      if (i < 0 || state.past[i]) continue;
      state.past[i] = 1;
      open.push(items[i].previous);
      const message = messages.get(items[i].number);
      if (message) open.push(message.item);
    }
  }
  tell(item);
  redraw();
}
function near(x, y) {
  let best = -1, least = 9;
  for (const d of state.drawn) {
    if (d.x === undefined) continue;
    const distance = Math.hypot(d.x - x, d.y - y);
    if (distance < least) { least = distance; best = d.item; }
  }
  if (best >= 0) return best;
  least = 5;
  for (const d of state.drawn) {
    if (d.x !== undefined) continue;
    const dx = d.x2 - d.x1, dy = d.y2 - d.y1, square = dx * dx + dy * dy || 1;
    const t = Math.max(0, Math.min(1, ((x - d.x1) * dx + (y - d.y1) * dy) / square));
    const distance = Math.hypot(d.x1 + t * dx - x, d.y1 + t * dy - y);
    if (distance < least) { least = distance; best = d.item; }
  }
  return best;
}

// ---- Hands.
function zoom(factor, y) {
  const anchor = Math.min(items.length - 1, itemAt(state.top + y - head));
  if (anchor < 0) return;
  const old = items[anchor].y;
  const most = state.rows ? 60 : 5000, least = state.rows ? 0.02 : 1e-4;
  state.scale = Math.max(least, Math.min(most, state.scale * factor));
  lay();
  state.top += items[anchor].y - old;
  redraw();
}
function show(item) { state.top = items[item].y - height() / 2; redraw(); }
function step(forward) {
  const from = state.chosen >= 0 ? state.chosen : itemAt(state.top) - 1;
  const on = forward ? 1 : -1;
  for (let i = from + on; i >= 0 && i < items.length; i += on)
    if (items[i].shown && (items[i].note !== undefined || items[i].changes)) {
      choose(i);
      return show(i);
    }
}
$('view').addEventListener('wheel', e => {
  e.preventDefault();
  const turned = e.deltaY * (e.deltaMode === 1 ? 16 : 1);
  if (e.ctrlKey || e.metaKey) return zoom(Math.exp(-turned / 300), e.offsetY);
  state.top += turned;
  redraw();
}, {passive: false});
canvas.addEventListener('mousemove', e => {
  const item = near(e.offsetX, e.offsetY);
  if (item === state.over) return;
  state.over = item;
  tell(item >= 0 ? item : state.chosen);
  redraw();
});
canvas.addEventListener('click', e => choose(near(e.offsetX, e.offsetY)));
function jump(e) {
  if (!(e.buttons & 1)) return;
  state.top = e.offsetY / $('overview').clientHeight * state.height - height() / 2;
  redraw();
}
$('overview').addEventListener('mousedown', jump);
$('overview').addEventListener('mousemove', jump);
window.addEventListener('keydown', e => {
  if (e.target.tagName === 'INPUT' && e.target.id === 'find') return;
  const page = height() - head - 40;
  const by = {ArrowDown: 40, ArrowUp: -40, PageDown: page, PageUp: -page}[e.key];
  if (by) state.top += by;
  else if (e.key === 'Home') state.top = 0;
  else if (e.key === 'End') state.top = state.height;
  else if (e.key === '+' || e.key === '-') return zoom(e.key === '+' ? 1.3 : 1 / 1.3, height() / 2);
  else if (e.key === 'n' || e.key === 'p') return step(e.key === 'n');
  else if (e.key === 'Escape') return choose(-1);
  else return;
  e.preventDefault();
  redraw();
});
$('in').onclick = () => zoom(1.5, height() / 2);
$('out').onclick = () => zoom(1 / 1.5, height() / 2);
$('all').onclick = () => {
  state.scale *= Math.max(1, height() - head - 60) / Math.max(1, state.height - 60);
  lay();
  state.top = 0;
  redraw();
};
$('axis').onchange = () => {
  const anchor = Math.min(items.length - 1, itemAt(state.top));
  state.rows = $('axis').value === 'rows';
  state.scale = state.rows ? 20 : 12;
  lay();
  if (anchor >= 0) state.top = items[anchor].y;
  redraw();
};
$('changed').onchange = () => { state.changed = $('changed').checked; refilter(); };
function refilter() {
  const anchor = Math.min(items.length - 1, itemAt(state.top));
  lay();
  if (anchor >= 0) state.top = items[anchor].y;
  redraw();
}
$('find').onkeydown = e => {
  if (e.key !== 'Enter' || !$('find').value) return;
  const sought = $('find').value.toLowerCase();
  const holds = i => {
    const item = items[i], message = messages.get(item.number);
    const text = item.note !== undefined ? item.note
        : cast.nodes[item.node] + ' ' + item.text + ' ' + item.changes +
          (message ? ' ' + message.fields : '');
    return item.shown && text.toLowerCase().includes(sought);
  };
  for (let n = 1; n <= items.length; ++n) {
    const i = (Math.max(state.chosen, -1) + n) % items.length;
    if (holds(i)) { $('found').textContent = ''; choose(i); return show(i); }
  }
  $('found').textContent = 'not found';
};
$('title').textContent = document.title = cast.title;
$('failure').textContent = failure;
[...sorts.keys()].sort().forEach(sort => {
  const label = document.createElement('label'), box = document.createElement('input');
  const colour = document.createElement('i');
  box.type = 'checkbox';
  box.checked = true;
  box.onchange = () => {
    if (box.checked) state.hidden.delete(sort); else state.hidden.add(sort);
    refilter();
  };
  colour.style.background = kinds.includes(sort) ? colourOf(sort) : '#fff';
  label.append(box, ' ', colour, ' ' + sort + ' (' + sorts.get(sort) + ')');
  $('sorts').append(label);
});
new ResizeObserver(() => { strip(); redraw(); }).observe($('view'));
tell(-1);
lay();
redraw();
</script>
</body>
</html>
)page";

}  // namespace coracle::sim
