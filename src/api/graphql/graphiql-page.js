/* global document, fetch, localStorage, location, sessionStorage, GraphiQL, React, ReactDOM */
'use strict';

// The account is remembered for good, the token only until its tab is closed.
const form = document.getElementById('credentials');
const hint = document.getElementById('hint');
const { account, token } = form.elements;
account.value = localStorage.getItem('perijove.account') ?? '';
token.value = sessionStorage.getItem('perijove.token') ?? '';

const defaultQuery = `# A question in J1QL; Ctrl+Enter asks it.
{
  queryV1(query: "FIND * LIMIT 10") {
    type
    data
    cursor
  }
}
`;

async function fetcher(operation, options) {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'JupiterOne-Account': account.value.trim(),
      Authorization: `Bearer ${token.value.trim()}`,
      ...options?.headers,
    },
    body: JSON.stringify(operation),
  });
  hint.textContent = response.status === 401 ? 'The token is not valid for this account.' : '';
  return await response.json();
}

const root = ReactDOM.createRoot(document.getElementById('graphiql'));
let opened = 0;

/** Anew for every pair of credentials, so that the schema is asked for with them. */
function open() {
  opened += 1;
  root.render(React.createElement(GraphiQL, { key: opened, fetcher, defaultQuery }));
}

form.onsubmit = (event) => {
  event.preventDefault();
  localStorage.setItem('perijove.account', account.value.trim());
  sessionStorage.setItem('perijove.token', token.value.trim());
  open();
};

if (token.value === '') hint.textContent = 'Both are in .perijove/connection.json, or come from npm run admin.';
else open();
