/** How long a resource is not reconciled before the console calls it stuck. */
export const STUCK = '10m'

/** The searches that the console asks by itself. */
export const searches = {
  ready: "status.conditions.Reconciled = 'True' and deleted_time is null",
  notReady: "status.conditions.Reconciled = 'False' and deleted_time is null",
  live: 'deleted_time is null',
  marked: 'deleted_time is not null',
  stuck: `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - ${STUCK}`,
}
