/* World exits by reason, all processors, for the log's last line. */
#pragma once

/* Logs "exits name=count ..." in enum exit_kind's order. Counts of running processors may be a few behind. */
void exit_counts_log(void);
