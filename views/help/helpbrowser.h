// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>

namespace turnstone {

/// Shows a page of the help. Links lead to other pages; nothing else is loaded or opened.
class HelpBrowser final : public QTextBrowser
{
    Q_OBJECT

public:
    explicit HelpBrowser(QWidget *parent = nullptr);

    void setPage(const QString &markdown);
    QVariant loadResource(int type, const QUrl &name) override;

signals:
    void topicRequested(const QString &topic);

protected:
    void changeEvent(QEvent *event) override;

private:
    void render();

    QString m_markdown;
};

} // namespace turnstone
