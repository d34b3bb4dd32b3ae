// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/help/helppages.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QListWidget;

namespace turnstone {

class HelpBrowser;

/// The help beside the window: a list of pages, words to find among them, and one page. It never blocks the window.
class HelpWindow final : public QDialog
{
    Q_OBJECT

public:
    explicit HelpWindow(QWidget *parent = nullptr);

    /// The page of a panel's id; "start" where there is none.
    void showTopic(const QString &topic);

private:
    void filter(const QString &text);

    const std::vector<HelpPage> m_pages;
    QLineEdit *m_find;
    QListWidget *m_list;
    QLabel *m_none;
    HelpBrowser *m_browser;
};

} // namespace turnstone
