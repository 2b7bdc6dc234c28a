"""Python under libfaketime 0.9.10: `time.sleep` waits to a moment of the monotonic clock, which the library takes for
false time and refuses. This one waits for a number of seconds instead.
"""

import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds) and None
