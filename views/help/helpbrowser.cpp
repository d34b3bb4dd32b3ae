// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/help/helpbrowser.h"

#include "views/widgets/theme.h"

#include <QEvent>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextTable>

namespace turnstone {

using namespace Qt::StringLiterals;

HelpBrowser::HelpBrowser(QWidget *parent) : QTextBrowser(parent)
{
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(metrics::space5);
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl &link) {
        if (link.isRelative())
            emit topicRequested(link.path());
    });
}

void HelpBrowser::setPage(const QString &markdown)
{
    m_markdown = markdown;
    render();
    verticalScrollBar()->setValue(0);
}

QVariant HelpBrowser::loadResource(int, const QUrl &)
{
    return {};
}

void HelpBrowser::changeEvent(QEvent *event)
{
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        render();
}

void HelpBrowser::render()
{
    const int scrolled = verticalScrollBar()->value();
    document()->setDefaultFont(sizedFont(font(), metrics::readingPx));
    setMarkdown(m_markdown);
    constexpr int lineHeight = 140;
    constexpr int headingSpace = metrics::space4;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat format = block.blockFormat();
        format.setLineHeight(lineHeight, QTextBlockFormat::ProportionalHeight);
        if (format.headingLevel() > 1)
            format.setTopMargin(headingSpace);
        cursor.setBlockFormat(format);
    }
    for (QTextFrame *frame : document()->rootFrame()->childFrames()) {
        auto *table = qobject_cast<QTextTable *>(frame);
        if (table == nullptr)
            continue;
        QTextTableFormat format = table->format();
        format.setCellPadding(metrics::space1);
        format.setCellSpacing(0);
        format.setBorder(0);
        format.setBottomMargin(metrics::space2);
        table->setFormat(format);
    }
    verticalScrollBar()->setValue(scrolled);
}

} // namespace turnstone
