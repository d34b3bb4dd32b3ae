// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/writeguard.h"

#include "models/edit/editsession.h"

namespace turnstone {

QString writeRefusal(const DatabaseContext &context)
{
    return writeRefusal(context.edits ? context.edits->access() : WriteAccess::Ask, context.pool->isReadOnly());
}

bool asksBeforeWriting(const DatabaseContext &context)
{
    return context.edits == nullptr || context.edits->access() != WriteAccess::Free;
}

void onWriteAccessChanged(const DatabaseContext &context, QObject *receiver, std::function<void()> changed)
{
    if (context.edits != nullptr)
        QObject::connect(context.edits, &EditSession::accessChanged, receiver, std::move(changed));
}

} // namespace turnstone
