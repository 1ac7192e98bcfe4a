import {
  Button,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadMain,
  MastheadToggle,
  Nav,
  NavGroup,
  NavItem,
  NavList,
  Page,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  SkipToContent,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from '@patternfly/react-core'
import { type ReactNode, useState } from 'react'
import { setToken } from '../api/session.ts'
import { useServer, useToken } from './context.ts'
import { places } from './places.ts'
import { follow, PlaceLink, usePlace } from './router.tsx'
import { chooseTheme, isDark } from './theme.ts'

const CONTENT = 'content'

/** What stands around each page: the head with the theme and the session, and the navigation over the kinds. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <Page
      masthead={<Head />}
      sidebar={<Sidebar />}
      isManagedSidebar
      mainContainerId={CONTENT}
      mainAriaLabel="The page"
      skipToContent={<SkipToContent href={`#${CONTENT}`}>Skip to the page</SkipToContent>}
    >
      {children}
    </Page>
  )
}

function Head() {
  return (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton isHamburgerButton aria-label="Navigation" />
        </MastheadToggle>
        <MastheadBrand>
          <PlaceLink className="hf-brand" href={places.overview()}>
            HyperFleet
          </PlaceLink>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isFullHeight>
          <ToolbarContent>
            <ToolbarGroup align={{ default: 'alignEnd' }} gap={{ default: 'gapSm' }}>
              <ToolbarItem>
                <ThemeButton />
              </ToolbarItem>
              <ToolbarItem>
                <SignOutButton />
              </ToolbarItem>
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  )
}

function ThemeButton() {
  const [dark, setDark] = useState(isDark)
  return (
    <Button
      variant="plain"
      onClick={() => {
        chooseTheme(!dark)
        setDark(!dark)
      }}
    >
      {dark ? 'Light theme' : 'Dark theme'}
    </Button>
  )
}

function SignOutButton() {
  const token = useToken()
  if (!token) return null
  return (
    <Button variant="secondary" onClick={() => setToken('')}>
      Sign out
    </Button>
  )
}

function Sidebar() {
  const { kinds } = useServer().document
  const [page, kindName] = usePlace().parts
  const link = (name: string, href: string, isActive: boolean) => (
    <NavItem key={href} to={href} isActive={isActive} onClick={(event) => follow(event as never, href)}>
      {name}
    </NavItem>
  )
  return (
    <PageSidebar>
      <PageSidebarBody>
        <Nav aria-label="Pages">
          <NavList>{link('Overview', places.overview(), page === undefined)}</NavList>
          <NavGroup title="Resources">
            {kinds.map(({ name }) => link(name, places.list(name), kindName === name && page !== 'adapters'))}
          </NavGroup>
          <NavGroup title="Adapters">
            {kinds.map(({ name }) =>
              link(`${name} by adapter`, places.adapters(name), kindName === name && page === 'adapters'),
            )}
          </NavGroup>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  )
}
