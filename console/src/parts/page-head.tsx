import { Content, Flex, FlexItem, PageSection, Title } from '@patternfly/react-core'
import { type ReactNode, useEffect } from 'react'

interface Head {
  title: string
  /** Beside the title. */
  beside?: ReactNode
  actions?: ReactNode
  children?: ReactNode
}

/** The head of a page: its title, which is that of the window as well, and its actions. */
export function PageHead({ title, beside, actions, children }: Head) {
  useEffect(() => {
    document.title = `${title} · HyperFleet`
  }, [title])
  return (
    <PageSection>
      <Flex
        justifyContent={{ default: 'justifyContentSpaceBetween' }}
        alignItems={{ default: 'alignItemsCenter' }}
      >
        <Flex alignItems={{ default: 'alignItemsCenter' }}>
          <FlexItem>
            <Title headingLevel="h1" className="hf-title">
              {title}
            </Title>
          </FlexItem>
          {beside && <FlexItem>{beside}</FlexItem>}
        </Flex>
        {actions && <FlexItem>{actions}</FlexItem>}
      </Flex>
      {children && <Content>{children}</Content>}
    </PageSection>
  )
}
