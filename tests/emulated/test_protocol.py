"""Every case of the protocol's independent clients, on vendors' emulators at realistic latencies, on virtual time.

Recognition takes 260 ± 80 ms, a first token 450 ± 150, a first sound 180 ± 60. The cases are those of `tests/protocol`
themselves. `make test` plays a few; `ES_CASES=all pytest tests/emulated` plays every one, in a minute or two, and with
`ES_STT` and `ES_TTS` on other engines than Flux and Aura-2.
"""

import pytest
from tests.protocol.test_bad_input import *  # noqa: F403
from tests.protocol.test_http import *  # noqa: F403
from tests.protocol.test_interrupting import SCENES as INTERRUPTING
from tests.protocol.test_interrupting import test_interrupting  # noqa: F401
from tests.protocol.test_many import *  # noqa: F403
from tests.protocol.test_output import SCENES as OUTPUT
from tests.protocol.test_output import test_output  # noqa: F401
from tests.protocol.test_recordings import SCENES as RECORDINGS
from tests.protocol.test_recordings import test_recording  # noqa: F401
from tests.protocol.test_resuming import *  # noqa: F403
from tests.protocol.test_spoken import SCENES as SPOKEN
from tests.protocol.test_spoken import test_spoken  # noqa: F401
from tests.protocol.test_typed import *  # noqa: F403

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="module")]

SCENES = INTERRUPTING.by_name | OUTPUT.by_name | RECORDINGS.by_name | SPOKEN.by_name
