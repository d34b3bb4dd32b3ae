// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/safebrowser.h"

#include <QDesktopServices>
#include <QMessageBox>
#include <QPushButton>

namespace turnstone {

using namespace Qt::StringLiterals;

SafeBrowser::SafeBrowser(QWidget *parent) : QTextBrowser(parent)
{
    setOpenLinks(false);
    setOpenExternalLinks(false);
    connect(this, &QTextBrowser::anchorClicked, this, &SafeBrowser::ask);
}

QVariant SafeBrowser::loadResource(int, const QUrl &)
{
    return {};
}

void SafeBrowser::ask(const QUrl &link)
{
    static const QStringList schemes = {u"http"_s, u"https"_s, u"mailto"_s};
    if (!schemes.contains(link.scheme()))
        return;
    auto *question = new QMessageBox(QMessageBox::NoIcon, tr("Open a link"), link.toDisplayString(), QMessageBox::Cancel, this);
    question->setObjectName(u"openLink"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setTextFormat(Qt::PlainText);
    question->setInformativeText(tr("The link comes from the database. It opens in your browser."));
    const QPushButton *open = question->addButton(tr("Open the link"), QMessageBox::AcceptRole);
    connect(open, &QPushButton::clicked, question, [link] { QDesktopServices::openUrl(link); });
    question->setModal(false);
    question->show();
}

} // namespace turnstone
