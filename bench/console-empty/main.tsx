/** An empty page of the console's framework, beside which bench/console.ts measures the console. */
import '@patternfly/react-core/dist/styles/base.css'
import { Masthead, MastheadMain, Page, PageSection, Title } from '@patternfly/react-core'
import { createRoot } from 'react-dom/client'

const head = (
  <Masthead>
    <MastheadMain>HyperFleet</MastheadMain>
  </Masthead>
)
const place = document.getElementById('console')
if (place)
  createRoot(place).render(
    <Page masthead={head}>
      <PageSection>
        <Title headingLevel="h1">Empty</Title>
      </PageSection>
    </Page>,
  )
