// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/panel.h"

namespace turnstone {

Panel::Panel(DatabaseContext context, QWidget *parent) : QWidget(parent), m_context(std::move(context)) {}

Panel::~Panel() = default;

} // namespace turnstone
