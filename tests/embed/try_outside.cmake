# Builds and runs tests/embed/outside. WAY: installed or subdirectory.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed (${status}): ${ARGN}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
set(from ${CMAKE_CURRENT_LIST_DIR}/outside)
if(WAY STREQUAL "installed")
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
  set(where -DCMAKE_PREFIX_PATH=${WORK}/prefix)
else()
  set(where -DJANJI_ROOT=${ROOT})
endif()

run(${CMAKE_COMMAND} -S ${from} -B ${WORK}/build -G Ninja ${where} -DCMAKE_CXX_COMPILER=${COMPILER}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
run(${CMAKE_COMMAND} --build ${WORK}/build --target outside)
run(${WORK}/build/outside)
