"""The layers that can be soaked: which program, how it is told its seeds, and what it counts.

A layer is run in turns of about half a minute, each with seeds that were never used before. The
program prints "counted NUMBER UNIT" for each thing that it counts.
"""

import collections

# `command`: relative to the build folder. `environment`: where {seed} and {many} go. `many`: how
# many seeds a turn takes, or, where a turn has one seed, how much it does with it. `seeds`: how
# many seeds a turn uses up.
Layer = collections.namedtuple("Layer", "name command environment many seeds")

CRASH = ["python3", "-B", "{root}/tests/crash/kill_cycles.py"]

LAYERS = [
    Layer("model", ["tests/model/test_model", "the engine answers as the model says*"],
          {"JANJI_MODEL_SEED": "{seed}", "JANJI_MODEL_STEPS": "{many}"}, 100_000, 3),
    Layer("stress", ["tests/stress/test_stress", "eight threads race*"],
          {"JANJI_STRESS_SEED": "{seed}", "JANJI_STRESS_SECONDS": "{many}"}, 4, 1),
    Layer("linearizability",
          ["tests/linearizability/test_linearizability", "short concurrent histories*"],
          {"JANJI_LINEAR_SEED": "{seed}", "JANJI_LINEAR_HISTORIES": "{many}"}, 20_000, 1),
    Layer("simulation", ["tests/simulation/test_simulation", "worlds from seeds*"],
          {"JANJI_SIMULATION_SEED": "{seed}", "JANJI_SIMULATION_SEEDS": "{many}"}, 5_000, 5_000),
    Layer("flips", ["tests/test_state", "ten thousand flips more"],
          {"JANJI_FLIPS_SEED": "{seed}", "JANJI_FLIPS": "{many}"}, 2_000, 10),
    Layer("power", ["tests/power/test_power", "power is lost at any moment*"],
          {"JANJI_POWER_SEED": "{seed}", "JANJI_POWER_IMAGES": "{many}"}, 5_000, 5_000),
    Layer("io_faults", ["tests/io_faults/test_io_faults", "thousands of calls*"],
          {"JANJI_IO_SEED": "{seed}", "JANJI_IO_FAULTS": "{many}"}, 2_500, 50),
    Layer("failpoints", ["tests/failpoints/test_failpoints", "a process that is killed*"],
          {"JANJI_FAILPOINTS_SEED": "{seed}", "JANJI_FAILPOINTS_RUNS": "{many}"}, 10, 1),
    Layer("interleavings",
          ["tests/interleavings/test_interleavings", "no order of steps and no view*"],
          {"JANJI_INTERLEAVINGS_SEED": "{seed}", "JANJI_INTERLEAVINGS_ITERATIONS": "{many}"},
          20_000, 1),
    Layer("planted", ["bash", "{root}/tests/planted/run"], {}, 0, 1),
    # Six targets, two at a time. What an input found is repeated by the input, not by the seed.
    Layer("fuzz", ["bash", "{root}/tests/fuzz/run", "all", "{many}"],
          {"JANJI_FUZZ_SEED": "{seed}"}, 12, 1),
    Layer("kill", CRASH,
          {"JANJID": "{build}/daemon/janjid", "JANJI_SEED": "{seed}",
           "JANJI_KILL_CYCLES": "{many}"}, 100, 1),
]
