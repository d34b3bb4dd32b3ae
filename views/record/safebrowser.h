// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>

namespace turnstone {

/// Shows Markdown without loading anything, neither from the network nor from the disk: images stand as their words. A link
/// opens in the user's browser, and only after asking.
class SafeBrowser final : public QTextBrowser
{
    Q_OBJECT

public:
    explicit SafeBrowser(QWidget *parent = nullptr);

    QVariant loadResource(int type, const QUrl &name) override;

private:
    void ask(const QUrl &link);
};

} // namespace turnstone
