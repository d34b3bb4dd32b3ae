# SPDX-License-Identifier: GPL-3.0-or-later
# Read by cpack once for each kind of package: the archive stands on its own, below a folder with the version's name.
if(CPACK_GENERATOR STREQUAL "TGZ")
  set(CPACK_PACKAGING_INSTALL_PREFIX "")
  set(CPACK_PACKAGE_FILE_NAME "turnstone-${CPACK_PACKAGE_VERSION}-linux-x86_64")
elseif(CPACK_GENERATOR STREQUAL "DEB")
  string(REPLACE "\n.\n" "\n\n" CPACK_DEBIAN_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
endif()
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  list(GET CPACK_INSTALL_CMAKE_PROJECTS 0 build)
  list(APPEND CPACK_INSTALL_CMAKE_PROJECTS "${build}" turnstone licence /)
endif()
