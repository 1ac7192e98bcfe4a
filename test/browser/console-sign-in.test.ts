/** The console in a browser, on a server that asks for tokens. */
import t from 'tap'
import { createIssuer, trusting } from '../issuers.ts'
import { newPage, skip } from './chromium.ts'
import { fleetServer } from './console-server.ts'
import { startOidcIssuer } from './oidc-issuer.ts'

t.test('a pasted token, for this tab alone', { skip }, async (t) => {
  const issuer = await createIssuer(t)
  const { api } = await fleetServer(t, 0, trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }))
  const { page } = await newPage(t, api)
  await page.goto(`${api}/console/list/Cluster`)
  t.equal(await page.getByRole('button', { name: /^Sign in at/ }).count(), 0)
  await page.getByLabel('Token').fill('no token at all')
  await page.getByRole('button', { name: 'Use the token' }).click()
  await page.getByText('HYPERFLEET-AUT-002').first().waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()

  const token = await issuer.token('first')
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Use the token' }).click()
  await page.getByRole('link', { name: 'Create' }).click()
  await page.getByLabel('Name').fill('signed')
  await page.getByText('The server would take it').waitFor()
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('by me@example.com').first().waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Same call in a shell', exact: true }).click()
  const shown = await page.locator('.hf-curl pre').first().innerText()
  t.match(shown, 'Authorization: Bearer $HYPERFLEET_TOKEN')
  t.notMatch(shown, token)

  await page.reload()
  await page.getByRole('heading', { name: 'signed' }).waitFor()
  const kept = await page.evaluate('JSON.stringify({ ...localStorage }) + document.cookie')
  t.notMatch(kept, token, 'it is kept in the session of the tab only')
  const other = await page.context().newPage()
  await other.goto(`${api}/console/`)
  await other.getByLabel('Token').waitFor()
})

t.test('sign-in at an issuer, by code flow with PKCE', { skip }, async (t) => {
  const issuer = await startOidcIssuer(t)
  const { api } = await fleetServer(t, 0, {
    ...trusting({ issuer_url: issuer.url, jwk_cert_url: `${issuer.url}/keys` }),
    HYPERFLEET_CONSOLE_OIDC_ISSUER: issuer.url,
    HYPERFLEET_CONSOLE_OIDC_CLIENT_ID: issuer.client_id,
  })
  const { page, complaints } = await newPage(t, api)
  await page.goto(`${api}/console/list/Cluster?search=team`)
  issuer.refuse = true
  await page.getByRole('button', { name: /^Sign in at/ }).click()
  await page.getByText('Signing in failed').waitFor()
  issuer.refuse = false
  await page.getByRole('button', { name: /^Sign in at/ }).click()
  await page.getByRole('heading', { name: 'Cluster' }).waitFor()
  await page.getByText('0–0 of 0').waitFor()
  t.match(page.url(), `${api}/console/list/Cluster?search=team`, 'back where it began')
  t.equal(issuer.exchanged, 1)
  t.same(complaints, [], 'the policy of the page lets it ask the issuer')
})
